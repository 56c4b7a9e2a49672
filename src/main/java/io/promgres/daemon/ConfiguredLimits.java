package io.promgres.daemon;

import io.promgres.config.Config;
import io.promgres.config.WebSettings;
import io.promgres.http.HttpLimits;
import io.promgres.http.HttpSettings;
import io.promgres.ingest.SeriesLimits;
import io.promgres.remotewrite.Limits;
import io.promgres.remotewrite.WriteEndpoint;
import java.net.InetSocketAddress;

/** The limits of the configuration, as the parts that keep to them want them. */
final class ConfiguredLimits {

    private ConfiguredLimits() {}

    static Limits ofRequests(Config config) {
        Config.Ingest ingest = config.ingest();
        return new Limits(
                (int) ingest.maxDecodedBytes(),
                Limits.DEFAULT.maxSamples(),
                ingest.maxLabels(),
                ingest.maxLabelNameBytes(),
                ingest.maxLabelValueBytes(),
                ingest.maxAhead());
    }

    static WriteEndpoint.Bounds ofWrites(Config config) {
        Config.Ingest ingest = config.ingest();
        return new WriteEndpoint.Bounds(
                (int) ingest.maxBodyBytes(),
                (int) ingest.maxDecodedBytes(),
                ingest.maxInFlightBytes(),
                ingest.requestTimeout());
    }

    static HttpSettings ofServer(Config config) {
        HttpSettings standard = HttpSettings.listeningOn(
                new InetSocketAddress(config.listen().host(), config.listen().port()));
        return standard.withQueueTimeout(config.ingest().queueTimeout()).withLimits(ofConnections(config.web()));
    }

    static HttpLimits ofConnections(WebSettings web) {
        return new HttpLimits(
                web.maxConnections(),
                web.maxRequests(),
                (int) web.maxHeaderBytes(),
                web.readTimeout(),
                web.idleTimeout());
    }

    static SeriesLimits ofSeries(Config config) {
        return new SeriesLimits(config.ingest().maxSeries(), config.ingest().maxNewSeriesPerMinute());
    }
}
