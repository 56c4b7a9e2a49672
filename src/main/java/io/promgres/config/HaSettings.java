package io.promgres.config;

import java.time.Duration;
import java.util.List;

/** Replicas that send the same. */
public record HaSettings(
        @Setting(
                value = "false",
                meaning = {
                    "Deduplicate replicas of Prometheus that scrape the same targets: store only what the leader sends.",
                    "What the other replicas send is acknowledged and dropped."
                })
        boolean enabled,

        @Setting(
                value = "__replica__",
                meaning = {
                    "The label that tells the replicas of a cluster apart: an external label of each. Series are",
                    "stored without it. A series that has not both labels is stored as it is."
                })
        String replicaLabel,

        @Setting(value = "cluster", meaning = "The label that the replicas have in common.")
        String clusterLabel,

        @Setting(
                value = "30s",
                min = "1s",
                max = "1h",
                meaning = {
                    "A leader that has sent nothing for this long gives way to the next replica that sends. Longer",
                    "than the scrape interval. All daemons of a database need the same."
                })
        Duration silence) {

    /** @throws IllegalArgumentException if these are not two labels that series can do without */
    public HaSettings {
        if (replicaLabel.equals(clusterLabel)
                || List.of(replicaLabel, clusterLabel).contains("__name__")) {
            throw new IllegalArgumentException(
                    "replica-label and cluster-label are two labels, and neither is __name__");
        }
    }
}
