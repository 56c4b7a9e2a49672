/**
 * The language: {@link io.promgres.promql.syntax.Parser} makes an {@link io.promgres.promql.syntax.Expr} of text or says
 * where it is wrong in the words of Prometheus; {@link io.promgres.promql.syntax.Printer} makes text of it again.
 */
package io.promgres.promql.syntax;
