package io.promgres.remotewrite;

import io.promgres.http.Endpoint;
import io.promgres.http.Problem;
import io.promgres.http.Request;
import io.promgres.http.RequestHead;
import io.promgres.http.Response;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Has an endpoint for each tenant, and gives it the requests whose header names the tenant. Who names another one is
 * answered 400 before the body is read, and so is who names none, where that is not allowed. Not 401: no client is
 * authenticated here, and no credentials would help; the sender's configuration is wrong.
 */
public final class TenantEndpoint implements Endpoint {

    private final String header;
    private final Map<String, Endpoint> tenants;
    private final Optional<Endpoint> others;
    private final Endpoint any;

    /**
     * @param header that names the tenant
     * @param tenants at least one, each with the same limits
     * @param others takes requests without the header; absent: they are refused
     */
    public TenantEndpoint(String header, Map<String, Endpoint> tenants, Optional<Endpoint> others) {
        this.header = header;
        this.tenants = Map.copyOf(tenants);
        this.others = others;
        this.any = tenants.values().iterator().next();
    }

    @Override
    public Optional<Response> refuse(RequestHead head) {
        Optional<Endpoint> endpoint = endpoint(head);
        return endpoint.isPresent() ? endpoint.get().refuse(head) : Optional.of(unknown(head.header(header)));
    }

    private Optional<Endpoint> endpoint(RequestHead head) {
        String tenant = head.header(header);
        return tenant.isEmpty() ? others : Optional.ofNullable(tenants.get(tenant));
    }

    private Response unknown(String tenant) {
        return Problem.UNKNOWN_TENANT.answer(
                tenant.isEmpty()
                        ? "the request names no tenant: the header " + header + " is missing"
                        : "the tenant \"" + tenant + "\" that the header " + header
                                + " names is not in tenancy.tenants");
    }

    @Override
    public int bodyLimit() {
        return any.bodyLimit();
    }

    @Override
    public long bytesInFlight(Request request) {
        return any.bytesInFlight(request);
    }

    @Override
    public Optional<Duration> waitsWithin(Request request) {
        return any.waitsWithin(request);
    }

    @Override
    public Response waitedTooLong() {
        return any.waitedTooLong();
    }

    @Override
    public Response problem(Problem problem, String message) {
        return any.problem(problem, message);
    }

    @Override
    public void handle(Request request, Consumer<Response> answer) {
        endpoint(request.head()).orElseThrow().handle(request, answer);
    }
}
