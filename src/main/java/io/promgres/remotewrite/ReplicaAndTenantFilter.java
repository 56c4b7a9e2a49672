package io.promgres.remotewrite;

import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
import io.promgres.replica.LeaderStatus;
import io.promgres.replica.ReplicaElection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Applies the rules about senders to the series of a request: whether a series is stored, and under which labels. A request
 * of one Prometheus has the same cluster and replica in all of its series: it is asked for once, and again where they
 * change. One thread at a time.
 */
final class ReplicaAndTenantFilter {

    private static final int TENANT = 0;
    private static final int CLUSTER = 1;
    private static final int REPLICA = 2;
    private static final byte[] NOTHING = new byte[0];

    private final SenderRules rules;

    /** The names of the labels to look for, by the constants above. */
    private final byte[][] names = new byte[3][];

    /** Their values in the series before. */
    private final byte[][] values = {NOTHING, NOTHING, NOTHING};

    private final int[] found = new int[3];
    private Sender sender = Sender.ANY;
    private LeaderStatus standing;

    ReplicaAndTenantFilter(SenderRules rules) {
        this.rules = rules;
        names[TENANT] = utf8(rules.tenants().map(SenderRules.Tenants::label).orElse(""));
        names[CLUSTER] =
                utf8(rules.replicas().map(SenderRules.Replicas::clusterLabel).orElse(""));
        names[REPLICA] =
                utf8(rules.replicas().map(SenderRules.Replicas::replicaLabel).orElse(""));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    void beginRequest(Sender newSender) {
        sender = newSender;
        standing = null;
    }

    /** What tells the keys of this sender's series from those of others that send the same labels; empty for no need. */
    String keySuffix() {
        if (rules.tenants().isEmpty()) {
            return "";
        }
        return sender.isItself() ? "i" : sender.tenant().isEmpty() ? "" : "t" + sender.tenant();
    }

    /** Whether {@link #admits} has to be asked. */
    boolean electsReplicas() {
        return rules.replicas().isPresent();
    }

    /**
     * Whether a series is stored: its replica leads, or it has none.
     *
     * @param time of its first sample
     */
    boolean admits(LabelFields labels, long time) {
        find(labels);
        if (isEmpty(labels, CLUSTER) || isEmpty(labels, REPLICA)) {
            return true;
        }
        if (standing == null || !sameAsBefore(labels)) {
            standing = null;
            standing = standing(labels);
        }
        return standing == null || standing.admits(time);
    }

    private void find(LabelFields labels) {
        Arrays.fill(found, -1);
        for (int label = 0; label < labels.size(); label++) {
            for (int which = TENANT; which <= REPLICA; which++) {
                if (labels.isNamed(label, names[which])) {
                    found[which] = label;
                }
            }
        }
    }

    private boolean isEmpty(LabelFields labels, int which) {
        return found[which] < 0 || labels.valueFrom(found[which]) == labels.valueTo(found[which]);
    }

    private boolean sameAsBefore(LabelFields labels) {
        for (int which = TENANT; which <= REPLICA; which++) {
            int label = found[which];
            boolean same = label < 0 ? values[which].length == 0 : labels.hasValue(label, values[which]);
            if (!same) {
                return false;
            }
        }
        return true;
    }

    /** Null for values that no label can have: the series will be rejected for them. */
    private LeaderStatus standing(LabelFields labels) {
        String[] text = new String[names.length];
        for (int which = TENANT; which <= REPLICA; which++) {
            values[which] = found[which] < 0 ? NOTHING : labels.copyOfValue(found[which]);
            text[which] = text(values[which]);
            if (text[which] == null) {
                return null;
            }
        }
        String tenant = sender.tenant().isEmpty() ? text[TENANT] : sender.tenant();
        if (!tenant.isEmpty() && !rules.tenants().orElseThrow().allowed().contains(tenant)) {
            return null;
        }
        ReplicaElection election = rules.replicas().orElseThrow().election();
        return election.heartbeat(new ReplicaElection.Candidate(tenant, text[CLUSTER], text[REPLICA]));
    }

    private static String text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return bytes.length > Limits.DEFAULT.maxValueBytes() || text.indexOf(0) >= 0 ? null : text;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** What the rules have against a series with these labels, or null. */
    Reason refusal(LabelSet labels) {
        if (rules.tenants().isEmpty() || sender.isItself()) {
            return null;
        }
        SenderRules.Tenants tenants = rules.tenants().orElseThrow();
        boolean reserved = !tenants.label().equals(SenderRules.TENANT);
        if (reserved && !labels.value(SenderRules.TENANT).isEmpty()) {
            return Reason.FORGED_TENANT;
        }
        if (tenants.label().isEmpty()) {
            return null;
        }
        String tenant = labels.value(tenants.label());
        boolean allowed =
                tenant.isEmpty() ? !tenants.required() : tenants.allowed().contains(tenant);
        return allowed ? null : Reason.UNKNOWN_TENANT;
    }

    /** The labels that a series is stored under. */
    LabelSet stored(LabelSet labels) {
        String tenant = tenantOf(labels);
        boolean replicated = rules.replicas()
                .filter(r -> !labels.value(r.clusterLabel()).isEmpty())
                .isPresent();
        String dropped = replicated ? rules.replicas().orElseThrow().replicaLabel() : "";
        if (tenant.isEmpty() && labels.value(dropped).isEmpty()) {
            return labels;
        }
        List<String> result = new ArrayList<>(2 * labels.size() + 2);
        for (int i = 0; i < labels.size(); i++) {
            boolean isTenant = !tenant.isEmpty() && labels.name(i).equals(SenderRules.TENANT);
            if (!labels.name(i).equals(dropped) && !isTenant) {
                result.add(labels.name(i));
                result.add(labels.value(i));
            }
        }
        if (!tenant.isEmpty()) {
            insert(result, tenant);
        }
        return LabelSet.ofSorted(result.toArray(String[]::new));
    }

    private String tenantOf(LabelSet labels) {
        String label = rules.tenants().map(SenderRules.Tenants::label).orElse("");
        return label.isEmpty() || sender.isItself() ? sender.tenant() : labels.value(label);
    }

    /** Names are in the order of their bytes, and this one is ASCII: so is its order by characters. */
    private static void insert(List<String> labels, String tenant) {
        int at = 0;
        while (at < labels.size() && labels.get(at).compareTo(SenderRules.TENANT) < 0) {
            at += 2;
        }
        labels.add(at, SenderRules.TENANT);
        labels.add(at + 1, tenant);
    }
}
