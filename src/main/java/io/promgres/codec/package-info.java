/**
 * What remote write and remote read have in common on the wire: the snappy block, the cursor over protobuf fields,
 * bits and numbers, and the errors of a malformed body. Knows no message. Called by the packages of the two
 * protocols. Begin with {@link io.promgres.codec.Cursor}.
 */
package io.promgres.codec;
