/**
 * The HTTP server, and the only user of Netty: connections, TLS, admission, limits, routes, streamed answers. It
 * knows no feature: an {@link io.promgres.http.Endpoint} is implemented where its feature is. Begin with {@link
 * io.promgres.http.HttpServer}, then {@code Exchange}, the life of one request.
 */
package io.promgres.http;
