/**
 * PromQL to SQL: the text of an expression in, the text of a statement over the public views and functions out. It asks no
 * database. Begin with SqlTranslation.
 */
package io.promgres.promql.sql;
