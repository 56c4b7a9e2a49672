/** Brings history in from another Prometheus and gives it away as text: what import and export do. */
package io.promgres.transfer;
