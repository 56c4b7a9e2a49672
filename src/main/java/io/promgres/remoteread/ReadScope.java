package io.promgres.remoteread;

import io.promgres.model.ReadQuery.Matcher;
import io.promgres.model.ReadQuery.Operator;
import java.util.List;
import java.util.Optional;

/**
 * What of the stored series a reader is given, and as what. A reader gets the series as they were sent: labels that were
 * added when they were stored are not shown, and those that were taken away are not asked for.
 *
 * @param tenant whose series; an empty one stands for series without a tenant; absent: those of all tenants, with their tenant
 * @param tenantLabel under which the tenant is stored
 * @param removedLabel that series have lost when they were stored: Prometheus asks for its external labels. Empty for none
 */
public record ReadScope(Optional<String> tenant, String tenantLabel, String removedLabel) {

    /** Everything, as it is stored. */
    public static final ReadScope ALL = new ReadScope(Optional.empty(), "", "");

    /** Whether a matcher of the reader counts. */
    boolean takes(Matcher matcher) {
        boolean askedForRemoved =
                matcher.operator() == Operator.EQUAL && matcher.name().equals(removedLabel);
        return !askedForRemoved && !hides(matcher.name());
    }

    /** What has to match besides the matchers of the reader. */
    List<Matcher> matchers() {
        return tenant.map(value -> List.of(new Matcher(Operator.EQUAL, tenantLabel, value)))
                .orElse(List.of());
    }

    /** Whether a label is not shown. */
    boolean hides(String label) {
        return tenant.isPresent() && label.equals(tenantLabel);
    }
}
