package io.promgres.replica;

/** Decides whose samples are stored, of replicas that send the same. Thread-safe. */
public interface ReplicaElection {

    /**
     * Those who may stand in for each other, and one of them.
     *
     * @param tenant whose cluster it is; empty without tenants
     * @param cluster what its replicas have in common
     * @param replica the one that sends
     */
    record Candidate(String tenant, String cluster, String replica) {}

    /**
     * Hears of a candidate, which takes the lead if there is no leader, or the leader fell silent. May ask the database.
     *
     * @throws UndecidedException if the database does not say who leads
     */
    LeaderStatus heartbeat(Candidate candidate);
}
