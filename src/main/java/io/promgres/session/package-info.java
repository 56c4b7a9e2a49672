/**
 * How a session with the database begins: whose settings it has, with which key it comes, that it is not shared with
 * other clients, and what is said where none begins. Called by {@code store}, {@code schema}, {@code backup} and
 * {@code cli}. Begin with {@link io.promgres.session.SessionSource}.
 */
package io.promgres.session;
