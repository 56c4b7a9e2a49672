package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.labels;
import static io.promgres.remotewrite.Messages.request;
import static io.promgres.remotewrite.Messages.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.LabelSet;
import io.promgres.model.NewSeries;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SampleBatch;
import io.promgres.replica.LeaderStatus;
import io.promgres.replica.ReplicaElection;
import io.promgres.replica.UndecidedException;
import io.promgres.series.SeriesCache;
import io.promgres.series.SymbolTable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Replicas and tenants, by the bytes of both messages. */
class SenderRulesTest {

    private static final long T = Instant.parse("2026-11-01T12:00:00Z").toEpochMilli();

    /** A message of series, and its decoder. */
    enum Version {
        V1,
        V2
    }

    private final SeriesCache index = new SeriesCache(1 << 20);
    private final SymbolTable symbols = new SymbolTable(1 << 20);
    private final SampleBatch batch = new SampleBatch(8);
    private final List<ReplicaElection.Candidate> heard = new ArrayList<>();

    private LeaderStatus heartbeat(ReplicaElection.Candidate candidate) {
        heard.add(candidate);
        boolean formerLeader = candidate.replica().equals("former");
        return new LeaderStatus(
                candidate.replica().equals("leader"),
                formerLeader ? List.of(new LeaderStatus.Term(T - 1000, T)) : List.of());
    }

    private SenderRules replicas() {
        return new SenderRules(
                Optional.of(new SenderRules.Replicas("__replica__", "cluster", this::heartbeat)), Optional.empty());
    }

    private static SenderRules tenants(String label, boolean required) {
        return new SenderRules(
                Optional.empty(), Optional.of(new SenderRules.Tenants(label, Set.of("a", "b"), required)));
    }

    /** One sample at T for each label set. */
    private DecodedWrite decode(Version version, SenderRules rules, Sender sender, String[]... series)
            throws Exception {
        return decodeAt(version, rules, sender, T, series);
    }

    private DecodedWrite decodeAt(Version version, SenderRules rules, Sender sender, long time, String[]... series)
            throws Exception {
        batch.clear();
        byte[] message = version == Version.V1 ? messageV1(time, series) : messageV2(time, series);
        return version == Version.V1
                ? new WriteRequestDecoder(
                                index, (bytes, from, to) -> false, Limits.DEFAULT, InstantSource.system(), rules)
                        .sentBy(sender)
                        .decodeMessage(message, 0, message.length, batch)
                : new WriteRequestV2Decoder(
                                index,
                                symbols,
                                (bytes, from, to) -> false,
                                (address, start) -> true,
                                Limits.DEFAULT,
                                InstantSource.system(),
                                rules)
                        .sentBy(sender)
                        .decodeMessage(message, 0, message.length, batch);
    }

    private static byte[] messageV1(long time, String[]... series) {
        byte[] message = {};
        for (String[] each : series) {
            message = Messages.join(
                    message, request(labels(each).addSamples(sample(time, 1)).build()));
        }
        return message;
    }

    private static byte[] messageV2(long time, String[]... series) {
        MessagesV2 message = new MessagesV2();
        for (String[] each : series) {
            message.add(time, 1, each);
        }
        return message.bytes();
    }

    private static String[] series(String... labels) {
        return labels;
    }

    private static List<LabelSet> labelsOf(DecodedWrite write) {
        return write.unknown().stream().map(NewSeries::labels).toList();
    }

    @ParameterizedTest
    @EnumSource
    void theLeadersSeriesAreStoredWithoutTheReplicaAndTheFollowersAreCountedAndDropped(Version version)
            throws Exception {
        DecodedWrite write = decode(
                version,
                replicas(),
                Sender.ANY,
                series("__name__", "up", "__replica__", "leader", "cluster", "c"),
                series("__name__", "up", "__replica__", "follower", "cluster", "c"));
        assertThat(labelsOf(write)).containsExactly(LabelSet.ofSorted("__name__", "up", "cluster", "c"));
        assertThat(write.dropped()).isEqualTo(new Counts(1, 0, 0));
        assertThat(write.sent()).isEqualTo(new Counts(2, 0, 0));
        assertThat(write.rejections().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aKnownSeriesOfAFollowerIsDroppedToo(Version version) throws Exception {
        String[] leader = series("__name__", "up", "__replica__", "leader", "cluster", "c");
        index.put(
                decode(version, replicas(), Sender.ANY, leader).unknown().get(0).key(), 77);
        assertThat(decode(version, replicas(), Sender.ANY, leader).known().size())
                .isEqualTo(1);
        DecodedWrite write = decode(
                version, replicas(), Sender.ANY, series("__name__", "up", "__replica__", "follower", "cluster", "c"));
        assertThat(write.known().size()).isZero();
        assertThat(write.dropped().samples()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aRequestIsAskedForOnceAndAgainWhereItsSenderChanges(Version version) throws Exception {
        decode(
                version,
                replicas(),
                Sender.ANY,
                series("__name__", "a", "__replica__", "leader", "cluster", "c"),
                series("__name__", "b", "__replica__", "leader", "cluster", "c"),
                series("__name__", "c", "__replica__", "leader", "cluster", "d"),
                series("__name__", "d", "__replica__", "leader", "cluster", "d"),
                series("__name__", "e", "__replica__", "other", "cluster", "d"));
        assertThat(heard)
                .containsExactly(
                        new ReplicaElection.Candidate("", "c", "leader"),
                        new ReplicaElection.Candidate("", "d", "leader"),
                        new ReplicaElection.Candidate("", "d", "other"));
    }

    @ParameterizedTest
    @EnumSource
    void aSeriesThatLacksOneOfTheLabelsIsStoredAsItIs(Version version) throws Exception {
        DecodedWrite write = decode(
                version,
                replicas(),
                Sender.ANY,
                series("__name__", "up", "__replica__", "follower"),
                series("__name__", "up", "cluster", "c"),
                series("__name__", "up", "__replica__", "", "cluster", "c", "job", "j"));
        assertThat(labelsOf(write))
                .containsExactly(
                        LabelSet.ofSorted("__name__", "up", "__replica__", "follower"),
                        LabelSet.ofSorted("__name__", "up", "cluster", "c"),
                        LabelSet.ofSorted("__name__", "up", "cluster", "c", "job", "j"));
        assertThat(heard).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aFormerLeaderMayDeliverWhatItCouldNotWhileItLed(Version version) throws Exception {
        String[] former = series("__name__", "up", "__replica__", "former", "cluster", "c");
        assertThat(decodeAt(version, replicas(), Sender.ANY, T - 1, former).unknown())
                .hasSize(1);
        assertThat(decodeAt(version, replicas(), Sender.ANY, T, former).unknown())
                .isEmpty();
        assertThat(decodeAt(version, replicas(), Sender.ANY, T - 1001, former)
                        .dropped()
                        .samples())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aRequestThatNobodyCanDecideLeavesNothingInTheBatch(Version version) throws Exception {
        SenderRules rules = new SenderRules(
                Optional.of(new SenderRules.Replicas("__replica__", "cluster", candidate -> {
                    throw new UndecidedException("away", null);
                })),
                Optional.empty());
        String[] alone = series("__name__", "up");
        index.put(decode(version, rules, Sender.ANY, alone).unknown().get(0).key(), 5);
        String[] replicated = series("__name__", "up", "__replica__", "leader", "cluster", "c");
        assertThatThrownBy(() -> decode(version, rules, Sender.ANY, alone, replicated))
                .isInstanceOf(UndecidedException.class);
        assertThat(batch.size()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aSeriesHasTheTenantOfTheRequestAndIsKnownForThatTenantOnly(Version version) throws Exception {
        SenderRules rules = tenants("", false);
        String[] up = series("__name__", "up", "job", "j");
        DecodedWrite write = decode(version, rules, Sender.ofTenant("a"), up);
        assertThat(labelsOf(write)).containsExactly(LabelSet.ofSorted("__name__", "up", "__tenant__", "a", "job", "j"));
        index.put(write.unknown().get(0).key(), 7);
        assertThat(decode(version, rules, Sender.ofTenant("a"), up).known().address(0))
                .isEqualTo(7);
        for (Sender other : List.of(Sender.ofTenant("b"), Sender.ANY, Sender.ITSELF)) {
            assertThat(decode(version, rules, other, up).known().size()).isZero();
        }
        assertThat(labelsOf(decode(version, rules, Sender.ANY, up)))
                .containsExactly(LabelSet.ofSorted("__name__", "up", "job", "j"));
    }

    @ParameterizedTest
    @EnumSource
    void aTenantCannotBeForgedByALabel(Version version) throws Exception {
        SenderRules rules = tenants("", false);
        index.put(
                decode(version, rules, Sender.ofTenant("a"), series("__name__", "up"))
                        .unknown()
                        .get(0)
                        .key(),
                7);
        for (Sender sender : List.of(Sender.ofTenant("b"), Sender.ANY)) {
            DecodedWrite write = decode(version, rules, sender, series("__name__", "up", "__tenant__", "a"));
            assertThat(write.unknown()).isEmpty();
            assertThat(write.known().size()).isZero();
            assertThat(write.rejections().byReason()).containsOnlyKeys(Reason.FORGED_TENANT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLabelCanNameTheTenantAndStays(Version version) throws Exception {
        DecodedWrite write = decode(
                version,
                tenants("team", true),
                Sender.ANY,
                series("__name__", "up", "team", "a"),
                series("__name__", "up", "team", "c"),
                series("__name__", "up"));
        assertThat(labelsOf(write))
                .containsExactly(LabelSet.ofSorted("__name__", "up", "__tenant__", "a", "team", "a"));
        assertThat(write.rejections().byReason()).containsEntry(Reason.UNKNOWN_TENANT, 2);
        assertThat(labelsOf(decode(version, tenants("team", true), Sender.ITSELF, series("__name__", "up"))))
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void theLabelThatNamesTheTenantMayBeOurs(Version version) throws Exception {
        DecodedWrite write = decode(
                version,
                tenants("__tenant__", false),
                Sender.ANY,
                series("__name__", "up", "__tenant__", "b"),
                series("__name__", "up", "__tenant__", "x"),
                series("__name__", "up"));
        assertThat(labelsOf(write))
                .containsExactly(
                        LabelSet.ofSorted("__name__", "up", "__tenant__", "b"), LabelSet.ofSorted("__name__", "up"));
        assertThat(write.rejections().byReason()).containsEntry(Reason.UNKNOWN_TENANT, 1);
    }

    @ParameterizedTest
    @EnumSource
    void clustersOfTwoTenantsAreTwo(Version version) throws Exception {
        SenderRules rules =
                new SenderRules(replicas().replicas(), tenants("team", true).tenants());
        decode(
                version,
                rules,
                Sender.ANY,
                series("__name__", "up", "__replica__", "r", "cluster", "c", "team", "a"),
                series("__name__", "up", "__replica__", "r", "cluster", "c", "team", "b"));
        assertThat(heard).extracting(ReplicaElection.Candidate::tenant).containsExactly("a", "b");
    }
}
