package io.promgres.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.promgres.access.Verdict;
import java.net.SocketAddress;
import java.util.Optional;

/** The answers to requests that do not reach their endpoint, each counted. Thread-safe. */
final class ErrorResponses {

    private final ServerContext service;

    ErrorResponses(ServerContext service) {
        this.service = service;
    }

    /** To bytes that are no HTTP request, or too much of one. */
    Response undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            service.reached(Limit.REQUEST_LINE_BYTES);
        } else if (cause instanceof TooLongHttpHeaderException) {
            service.reached(Limit.HEADER_BYTES);
        }
        return HttpRules.undecodable(cause);
    }

    /** To a request that a page of another origin makes, or that names a host which this daemon does not have; empty if it is neither. */
    Optional<Response> strange(HttpRequest request, SocketAddress local) {
        if (OriginRules.isForeign(request)) {
            service.reached(Limit.CROSS_ORIGIN);
            return Optional.of(Problem.FORBIDDEN.answer("requests of pages of other origins are not answered"));
        }
        WebAccess access = service.access();
        if (!access.authenticator().authenticates()
                && OriginRules.isStrangersName(request, local, access.allowedHosts())) {
            service.reached(Limit.HOST_NAME);
            return Optional.of(
                    Problem.MISDIRECTED.answer("on the loopback, without users, the Host of a request is localhost"
                            + " or an address; other names are in web.allowed-hosts"));
        }
        return Optional.empty();
    }

    /** To a request whose user is not known, or may not send it. */
    Response refused(Exchange exchange, Verdict verdict) {
        service.metrics().http().unauthorized(exchange.route().group().word(), verdict == Verdict.FORBIDDEN);
        if (verdict == Verdict.FORBIDDEN) {
            return exchange.endpoint()
                    .problem(
                            Problem.FORBIDDEN,
                            "these credentials are not for "
                                    + exchange.route().group().word() + " requests");
        }
        Response response = exchange.endpoint().problem(Problem.UNAUTHENTICATED, "credentials are absent or wrong");
        for (String challenge : service.access().authenticator().challenges()) {
            response = response.with("WWW-Authenticate", challenge);
        }
        return response;
    }

    Response tooManyRequests(Exchange exchange) {
        service.reached(Limit.REQUESTS);
        return later(exchange, service.limits().requests() + " requests are being worked on; send it again later");
    }

    Response tooManyPasswords(Exchange exchange) {
        service.reached(Limit.PASSWORD_CHECKS);
        return later(exchange, "too many passwords wait to be checked; send it again later");
    }

    Response overloaded(Exchange exchange) {
        service.metrics().overloaded();
        return later(
                exchange,
                "no room within " + service.settings().queueTimeout().toSeconds() + " s in the budget of "
                        + service.inFlight().budgetBytes() + " bytes in flight; send it again later");
    }

    /** To a body that hardly comes while others wait for what it holds. */
    Response bodyTooSlow(Exchange exchange) {
        service.reached(Limit.SLOW_BODY);
        return later(
                exchange,
                "less than " + BodyIntake.LEAST_BYTES
                        + " bytes of the body came within a second, while others wait for the"
                        + " bytes in flight that it holds; send it again later");
    }

    Response bodyTimedOut(Exchange exchange) {
        service.reached(Limit.READ_TIMEOUT);
        return exchange.endpoint()
                .problem(
                        Problem.BODY_TIMEOUT,
                        "the body did not arrive within "
                                + service.limits().readTimeout().toSeconds() + " s");
    }

    /** To a request whose endpoint is still at work. */
    Response unanswered(Exchange exchange) {
        service.reached(Limit.ANSWER_TIME);
        return exchange.endpoint()
                .problem(
                        Problem.UNAVAILABLE,
                        "not done within "
                                + exchange.endpoint()
                                        .answerWithin()
                                        .orElseThrow()
                                        .toSeconds()
                                + " s: the database is slow or holds a lock; send it again later")
                .retryAfter(service.settings().retryAfter().toSeconds());
    }

    Response bodyTooLarge(Exchange exchange) {
        service.reached(Limit.BODY_BYTES);
        return exchange.endpoint()
                .problem(
                        Problem.BODY_TOO_LARGE,
                        "the body is over " + exchange.endpoint().bodyLimit() + " bytes");
    }

    private Response later(Exchange exchange, String why) {
        return exchange.endpoint()
                .problem(Problem.OVERLOADED, "overloaded: " + why)
                .retryAfter(service.settings().retryAfter().toSeconds());
    }
}
