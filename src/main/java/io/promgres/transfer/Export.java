package io.promgres.transfer;

import io.promgres.model.LabelSet;
import io.promgres.model.MetricMetadata;
import io.promgres.model.ReadQuery;
import io.promgres.model.ReadQuery.Matcher;
import io.promgres.remoteread.FamilyStore;
import io.promgres.remoteread.ReadRefusedException;
import io.promgres.remoteread.RemoteReader;
import java.io.IOException;
import java.io.Writer;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Writes stored samples as OpenMetrics text while they come from the database. */
public final class Export {

    private final RemoteReader reader;
    private final FamilyStore families;

    public Export(RemoteReader reader, FamilyStore families) {
        this.reader = reader;
        this.families = families;
    }

    /**
     * What has been done.
     *
     * @param samples written
     * @param histograms native histograms that were met and left out
     */
    public record Result(long samples, long histograms) {}

    /**
     * Writes the samples of series that one of the selectors matches.
     *
     * @param start inclusive
     * @param end exclusive
     * @throws TransferException if it is refused
     */
    public Result run(List<List<Matcher>> selectors, Instant start, Instant end, Writer out)
            throws SQLException, IOException {
        Families known = new Families(families.current());
        List<ReadQuery> queries = selectors.stream()
                .map(matchers -> new ReadQuery(start.toEpochMilli(), end.toEpochMilli() - 1, matchers))
                .toList();
        OpenMetricsWriter text = new OpenMetricsWriter(out, known);
        try {
            reader.read(reader.prepareFamilies(queries, labels -> order(known, labels)), text);
        } catch (ReadRefusedException e) {
            throw new TransferException(e.getMessage(), e);
        } catch (SQLException | IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("neither the database nor a writer throws this", e);
        }
        text.end();
        return new Result(text.samples(), text.histograms());
    }

    private static String order(Families known, LabelSet labels) {
        MetricMetadata family = known.of(labels.metricName());
        return family.family() + '\0' + family.type();
    }
}
