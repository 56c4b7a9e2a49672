package io.promgres.daemon;

import io.promgres.config.Config;
import io.promgres.config.HaSettings;
import io.promgres.config.TenancySettings;
import io.promgres.http.Endpoint;
import io.promgres.remoteread.ReadScope;
import io.promgres.remotewrite.Sender;
import io.promgres.remotewrite.SenderRules;
import io.promgres.remotewrite.TenantEndpoint;
import io.promgres.replica.LeaseStore;
import io.promgres.replica.Leases;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Who may send and read what: what the configuration says of replicas and tenants, for the parts that keep to it. */
final class SenderPolicy {

    private final HaSettings ha;
    private final TenancySettings tenancy;
    private final SenderRules rules;

    SenderPolicy(Config config, DataSource database) {
        ha = config.ha();
        tenancy = config.tenancy();
        rules = new SenderRules(replicas(database), tenants());
    }

    private Optional<SenderRules.Replicas> replicas(DataSource database) {
        if (!ha.enabled()) {
            return Optional.empty();
        }
        Leases leases = new Leases(new LeaseStore(database, ha.silence()), ha.silence());
        return Optional.of(new SenderRules.Replicas(ha.replicaLabel(), ha.clusterLabel(), leases));
    }

    private Optional<SenderRules.Tenants> tenants() {
        if (!hasTenants()) {
            return Optional.empty();
        }
        String label = tenancy.byLabel() ? tenancy.label() : "";
        return Optional.of(
                new SenderRules.Tenants(label, Set.copyOf(tenancy.tenants().list()), tenancy.required()));
    }

    /** Whether samples belong to tenants, and not to all users. */
    boolean hasTenants() {
        return !tenancy.tenants().list().isEmpty();
    }

    private boolean headerNamesTenants() {
        return hasTenants() && !tenancy.byLabel();
    }

    SenderRules rules() {
        return rules;
    }

    /** What a reader is given: a tenant that the header names its own series, as it has sent them. */
    ReadScope scope(Sender sender) {
        Optional<String> tenant = headerNamesTenants() ? Optional.of(sender.tenant()) : Optional.empty();
        return new ReadScope(tenant, SenderRules.TENANT, ha.enabled() ? ha.replicaLabel() : "");
    }

    /** An endpoint for all senders, made of one for each sender that the header can name. */
    Endpoint endpoint(Function<Sender, Endpoint> ofSender) {
        if (!headerNamesTenants()) {
            return ofSender.apply(Sender.ANY);
        }
        return new TenantEndpoint(
                tenancy.header(),
                tenancy.tenants().list().stream()
                        .collect(Collectors.toMap(name -> name, name -> ofSender.apply(Sender.ofTenant(name)))),
                tenancy.required() ? Optional.empty() : Optional.of(ofSender.apply(Sender.ANY)));
    }
}
