package io.promgres.http;

import io.promgres.access.RouteGroup;
import io.promgres.observe.RouteMetrics;
import java.util.concurrent.Executor;

/**
 * What happens to the requests of one path and method.
 *
 * @param group who may use it
 * @param executor runs {@link Endpoint#handle}: never an event loop, unless the endpoint does not block
 */
record Route(RouteGroup group, Endpoint endpoint, Executor executor, RouteMetrics metrics) {}
