/**
 * Packing: from the rows of the landing table into arrays in a table for each metric. The unit of work is a
 * transaction that reads some series groups of one sealed partition, adds what is packed of their series already,
 * writes it all anew, reads that back, compares, and deletes the landing rows. Begin with {@link
 * io.promgres.packing.Packer}.
 */
package io.promgres.packing;
