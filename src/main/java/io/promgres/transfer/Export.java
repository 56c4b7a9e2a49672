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
import java.util.Set;
import java.util.stream.Collectors;

/** Writes stored samples as OpenMetrics text while they come from the database. */
public final class Export {

    /** What the series of a classic histogram that has no bound ends with. */
    private static final String COUNT = "_count";

    private final RemoteReader reader;
    private final FamilyStore families;

    public Export(RemoteReader reader, FamilyStore families) {
        this.reader = reader;
        this.families = families;
    }

    /** What becomes of native histograms, which the text has no words for. */
    public enum Histograms {
        /** They become classic ones. */
        CLASSIC,
        /** They are left out. */
        SKIP
    }

    /**
     * What has been done.
     *
     * @param seriesMatched that one of the selectors chooses
     * @param samples written
     * @param histograms native histograms that were written as classic ones
     * @param histogramsLeftOut native histograms that were met and left out
     * @param seriesLeftOut how many series they are of
     */
    public record Result(
            long seriesMatched, long samples, long histograms, long histogramsLeftOut, long seriesLeftOut) {

        /** Whether the text has no sample, nor would have one of those left out. */
        public boolean isEmpty() {
            return samples + histograms + histogramsLeftOut == 0;
        }
    }

    /**
     * Writes the samples of series that one of the selectors matches. Native histograms of a series whose classic ones are
     * written too are left out: as classic ones they would be there twice.
     *
     * @param start inclusive
     * @param end exclusive
     * @throws TransferException if it is refused
     */
    public Result run(List<List<Matcher>> selectors, Instant start, Instant end, Histograms histograms, Writer out)
            throws SQLException, IOException {
        Families known = new Families(families.current());
        List<ReadQuery> queries = selectors.stream()
                .map(matchers -> new ReadQuery(start.toEpochMilli(), end.toEpochMilli() - 1, matchers))
                .toList();
        try {
            RemoteReader.Prepared prepared = reader.prepareFamilies(queries, labels -> order(known, labels));
            Set<LabelSet> classic = classic(prepared);
            OpenMetricsWriter text = new OpenMetricsWriter(
                    out, known, series -> histograms == Histograms.SKIP || classic.contains(series));
            reader.read(prepared, text);
            text.end();
            return new Result(
                    prepared.labels().count(),
                    text.samples(),
                    text.histograms(),
                    text.histogramsLeftOut(),
                    text.seriesLeftOut());
        } catch (ReadRefusedException e) {
            throw new TransferException(e.getMessage(), e);
        } catch (SQLException | IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("neither the database nor a writer throws this", e);
        }
    }

    /** Series as which native histograms would be named that have a classic one. */
    private static Set<LabelSet> classic(RemoteReader.Prepared prepared) {
        return prepared.labels()
                .filter(labels -> labels.metricName().endsWith(COUNT))
                .map(Export::withoutSuffix)
                .collect(Collectors.toSet());
    }

    private static LabelSet withoutSuffix(LabelSet labels) {
        String[] namesAndValues = new String[2 * labels.size()];
        for (int i = 0; i < labels.size(); i++) {
            String value = labels.value(i);
            boolean isMetric = labels.name(i).equals(LabelSet.METRIC_NAME);
            namesAndValues[2 * i] = labels.name(i);
            namesAndValues[2 * i + 1] = isMetric ? value.substring(0, value.length() - COUNT.length()) : value;
        }
        return LabelSet.ofSorted(namesAndValues);
    }

    private static String order(Families known, LabelSet labels) {
        MetricMetadata family = known.of(labels.metricName());
        return family.family() + '\0' + family.type();
    }
}
