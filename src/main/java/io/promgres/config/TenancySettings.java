package io.promgres.config;

/** Several owners of series in one database. */
public record TenancySettings(
        @Setting(
                value = "none",
                meaning = {
                    "The tenants, separated by commas. Each series then has the label __tenant__, which only",
                    "promgres sets. none: there are no tenants, and that label is one like any other."
                })
        NameList tenants,

        @Setting(value = "X-Scope-OrgID", meaning = "The header of a request that names its tenant.")
        String header,

        @Setting(value = "false", meaning = "Take the tenant from a label of each series, not from the header.")
        boolean byLabel,

        @Setting(value = "__tenant__", meaning = "That label. It stays.")
        String label,

        @Setting(
                value = "true",
                meaning = "Refuse what names no tenant with 400; with false it is stored without a tenant.")
        boolean required) {}
