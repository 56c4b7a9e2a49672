/**
 * Who may do what: users, bearer tokens and certificates, as the web config file names them. Knows neither sockets
 * nor HTTP messages beyond the Authorization header; {@code http} asks it. Begin with {@link
 * io.promgres.access.Authenticator}.
 */
package io.promgres.access;
