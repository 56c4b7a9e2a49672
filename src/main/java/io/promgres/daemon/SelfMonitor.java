package io.promgres.daemon;

import io.promgres.observe.SelfScrape;
import io.promgres.remotewrite.WriteOutcome;
import io.promgres.remotewrite.WriteProtocol;
import io.promgres.remotewrite.WriteReceiver;
import io.promgres.remotewrite.WriteRequestEncoder;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the daemon's own metrics, as a Prometheus that scrapes them would send them: job promgres, instance the address
 * it listens on.
 */
final class SelfMonitor {

    private static final Logger LOG = LoggerFactory.getLogger(SelfMonitor.class);

    private final SelfScrape metrics;
    private final WriteReceiver receiver;
    private final InstantSource clock;
    private final String instance;

    SelfMonitor(SelfScrape metrics, WriteReceiver receiver, InstantSource clock, String instance) {
        this.metrics = metrics;
        this.receiver = receiver;
        this.clock = clock;
        this.instance = instance;
    }

    void scrape() {
        long now = clock.millis();
        WriteRequestEncoder request = new WriteRequestEncoder();
        metrics.scrape((name, labels, value) -> {
            Map<String, String> all = new TreeMap<>();
            labels.forEach(label -> all.put(label.getName(), label.getValue()));
            all.put("__name__", name);
            all.put("instance", instance);
            all.put("job", "promgres");
            request.add(all, now, value);
        });
        byte[] body = request.encode();
        receiver.receive(WriteProtocol.V1, body, 0, body.length, SelfMonitor::report);
    }

    private static void report(WriteOutcome outcome) {
        if (outcome.kind() != WriteOutcome.Kind.STORED) {
            LOG.debug("own metrics: {} {}", outcome.kind(), outcome.message());
        }
    }
}
