package io.promgres.http;

/**
 * A request whose body has arrived.
 *
 * <p>The bytes belong to the server, which takes them back into its pool when {@link Endpoint#handle} returns: what is
 * needed later must be copied, or decoded, before.
 *
 * @param bytes holds the body among other things; not to be changed
 * @param offset of the body's first byte
 * @param length of the body
 */
public record Request(RequestHead head, byte[] bytes, int offset, int length) {}
