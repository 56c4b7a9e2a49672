package io.promgres.tiers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Series that are read together, and what has been read of them. */
final class Batch {

    /** One of the series. */
    static final class Member {
        private final StoredSeries series;
        private final List<RunBytes> runs = new ArrayList<>();
        private final SampleArrays landed = new SampleArrays(0);
        private final List<StoredHistogram> histograms = new ArrayList<>();

        Member(StoredSeries series) {
            this.series = series;
        }

        StoredSeries series() {
            return series;
        }

        /** Its packed runs, in no order. */
        List<RunBytes> runs() {
            return runs;
        }

        /** Its samples of the landing table, in no order. */
        SampleArrays landed() {
            return landed;
        }

        /** In the order of their times, in front of them the last one before the range. */
        List<StoredHistogram> histograms() {
            return histograms;
        }
    }

    private final List<Member> members;
    private final Map<Long, Member> byId = new HashMap<>();
    private final long from;
    private final long to;

    /** @param to included */
    Batch(List<StoredSeries> series, long from, long to) {
        members = series.stream().map(Member::new).toList();
        members.forEach(member -> byId.put(member.series().id(), member));
        this.from = from;
        this.to = to;
    }

    List<Member> members() {
        return members;
    }

    Member member(long seriesId) {
        return byId.get(seriesId);
    }

    long from() {
        return from;
    }

    /** Included. */
    long to() {
        return to;
    }
}
