/**
 * How a session with the database begins: whose settings it has, with which key it comes, that it is not shared with other
 * clients, and what is said where none begins.
 */
package io.promgres.session;
