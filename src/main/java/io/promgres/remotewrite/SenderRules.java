package io.promgres.remotewrite;

import io.promgres.replica.ReplicaElection;
import java.util.Optional;
import java.util.Set;

/** What the labels that say who sends a series mean. Without rules they are labels like any others. */
public record SenderRules(Optional<Replicas> replicas, Optional<Tenants> tenants) {

    /** The label that says whose series it is. */
    public static final String TENANT = "__tenant__";

    public static final SenderRules NONE = new SenderRules(Optional.empty(), Optional.empty());

    /**
     * Of the series of a cluster those of one replica are stored, without the label of the replica. A series that lacks one
     * of the labels is stored as it is.
     *
     * @param replicaLabel tells replicas of a cluster apart
     * @param clusterLabel what they have in common
     */
    public record Replicas(String replicaLabel, String clusterLabel, ReplicaElection election) {}

    /**
     * Each series belongs to a tenant, and says so by the label {@value #TENANT}, which is ours.
     *
     * @param label that names the tenant; empty if the request does, see {@link Sender#tenant}
     * @param allowed the tenants that there are
     * @param required whether a series without a tenant is refused; if {@code label} is empty, who receives a request sees
     *     to that
     */
    public record Tenants(String label, Set<String> allowed, boolean required) {
        public Tenants {
            allowed = Set.copyOf(allowed);
        }
    }
}
