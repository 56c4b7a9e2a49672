package io.promgres.http;

import io.promgres.access.Authenticator;
import io.promgres.access.RouteGroup;
import io.promgres.access.Verdict;
import java.util.Optional;

/**
 * What a request passes between its headers and its body: a place among the requests, authentication, what its endpoint says of
 * the headers, and the first of the bytes in flight. One request at a time. Confined to the connection's event loop.
 */
final class RequestAdmission {

    /** What becomes of a request; one of the first two for each, unless the client leaves before. */
    interface Listener {

        /** Its body may be read. */
        void admitted();

        /** It gets this answer. */
        void refused(Response response, boolean mayKeepAlive);

        /** That was decided while nothing came from the client, who may be asked for more now. */
        void goOn();
    }

    private final ServerContext service;
    private final EventLoopExecutor loop;
    private final Deadline deadline;
    private final Listener listener;
    private Exchange waiting;

    RequestAdmission(ServerContext service, EventLoopExecutor loop, Deadline deadline, Listener listener) {
        this.service = service;
        this.loop = loop;
        this.deadline = deadline;
        this.listener = listener;
    }

    void enter(Exchange exchange) {
        waiting = exchange;
        if (exchange.takePlace(service.requests(), service.limits().requests())) {
            authenticate(exchange);
        } else {
            turnAway(service.refusals().tooManyRequests(exchange));
        }
    }

    /** The client that waits here, if there is one, has hung up. */
    void leave() {
        waiting = null;
    }

    private void authenticate(Exchange candidate) {
        Authenticator authenticator = service.access().authenticator();
        RouteGroup group = candidate.route().group();
        String authorization = candidate.head().header("Authorization");
        Verdict verdict = authenticator.check(group, authorization);
        if (verdict != Verdict.UNDECIDED) {
            judged(verdict);
            return;
        }
        boolean taken = service.passwordChecks().submit(() -> {
            Verdict decided = authenticator.decide(group, authorization);
            loop.run(() -> authenticated(candidate, decided), candidate::release);
        });
        if (!taken) {
            turnAway(service.refusals().tooManyPasswords(candidate));
        }
    }

    private void authenticated(Exchange candidate, Verdict verdict) {
        if (waiting == candidate) {
            judged(verdict);
            listener.goOn();
        }
    }

    private void judged(Verdict verdict) {
        if (verdict == Verdict.GRANTED) {
            refuseOrAdmit();
        } else {
            turnAway(service.refusals().refused(waiting, verdict));
        }
    }

    private void refuseOrAdmit() {
        Optional<Response> refusal = waiting.endpoint().refuse(waiting.head());
        if (refusal.isPresent()) {
            // After a refusal a client that asked first may or may not send its body: there is no telling what follows.
            refuse(refusal.get(), !waiting.continueExpected());
        } else if (waiting.announcesTooMuch()) {
            refuse(service.refusals().bodyTooLarge(waiting), false);
        } else if (waiting.hasBody()) {
            claim(waiting);
        } else {
            admit();
        }
    }

    // A client that hangs up while it waits here is noticed when it is granted or the time is over: nothing is read.
    private void claim(Exchange candidate) {
        candidate.holds(service.inFlight()
                .claim(
                        candidate.firstBytesInFlight(),
                        claim -> loop.run(() -> granted(candidate, claim), claim::release)));
        if (waiting == candidate) {
            deadline.set(service.settings().queueTimeout(), this::overloaded);
        }
    }

    private void granted(Exchange candidate, InFlight.Claim claim) {
        if (waiting == candidate) {
            candidate.holds(claim);
            admit();
            listener.goOn();
        } else {
            claim.release();
        }
    }

    private void overloaded() {
        waiting.release();
        refuse(service.refusals().overloaded(waiting), !waiting.continueExpected());
    }

    private void admit() {
        waiting = null;
        listener.admitted();
    }

    // A client that is turned away need not send a large body first.
    private void turnAway(Response response) {
        refuse(response, !waiting.hasBody() && !waiting.continueExpected());
    }

    private void refuse(Response response, boolean mayKeepAlive) {
        waiting = null;
        listener.refused(response, mayKeepAlive);
    }
}
