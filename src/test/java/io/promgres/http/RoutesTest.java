package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.daemon.HealthEndpoint;
import io.promgres.observe.Metrics;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoutesTest {

    private final Metrics metrics = new Metrics("test");
    private final Endpoint endpoint = HealthEndpoint.alive(Optional::empty);

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void aRouteIsFoundByItsExactPathAndMethod() {
        Routes routes = builder().add("POST", "/write", endpoint, Runnable::run).build();

        assertThat(routes.find("POST", "/write").endpoint()).isSameAs(endpoint);
        assertThat(routes.find("POST", "/write/")).isSameAs(routes.unrouted());
        assertThat(routes.find("POST", "/Write")).isSameAs(routes.unrouted());
        assertThat(routes.find("PUT", "/write").endpoint()).isNotSameAs(endpoint);
        assertThat(routes.find("post", "/write").endpoint()).isNotSameAs(endpoint);
    }

    @Test
    void headIsRoutedLikeGet() {
        Routes routes = builder().add("GET", "/x", endpoint, Runnable::run).build();

        assertThat(routes.find("HEAD", "/x").endpoint()).isSameAs(endpoint);
    }

    @Test
    void twoRoutesForOnePathAndMethodAreAMistake() {
        Routes.Builder builder = builder().add("GET", "/x", endpoint, Runnable::run);

        assertThatThrownBy(() -> builder.add("GET", "/x", endpoint, Runnable::run))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two routes for GET /x");
    }

    @Test
    void anEndpointHasAllPathsBelowItsOwnWhateverTheMethod() {
        Endpoint below = HealthEndpoint.alive(Optional::empty);
        Routes routes = builder()
                .add("GET", "/x/y", endpoint, Runnable::run)
                .addBelow("/x/", below, Runnable::run)
                .build();

        assertThat(routes.find("POST", "/x/z").endpoint()).isSameAs(below);
        assertThat(routes.find("PUT", "/x/").endpoint()).isSameAs(below);
        assertThat(routes.find("GET", "/x/y").endpoint()).isSameAs(endpoint);
        assertThat(routes.find("GET", "/x")).isSameAs(routes.unrouted());
        assertThat(routes.find("GET", "/X/z")).isSameAs(routes.unrouted());
    }

    @Test
    void twoRoutesBelowOnePathAreAMistake() {
        Routes.Builder builder = builder().addBelow("/x/", endpoint, Runnable::run);

        assertThatThrownBy(() -> builder.addBelow("/x/", endpoint, Runnable::run))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two routes below /x/");
    }

    private Routes.Builder builder() {
        return Routes.builder(metrics);
    }
}
