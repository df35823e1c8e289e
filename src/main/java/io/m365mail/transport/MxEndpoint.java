package io.m365mail.transport;

import io.m365mail.config.Cloud;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.camel.Component;
import org.apache.camel.spi.UriParam;

/** The options that the two ways to the tenant's MX share. */
abstract class MxEndpoint extends TransportEndpoint {
    @UriParam(
            description =
                    "Accepted domains of the tenant, with commas; without a host the first MX at Exchange Online is the server")
    private String domains;

    @UriParam(
            description = "Microsoft's cloud that the tenant is in",
            enums = "worldwide,gcc-high,dod,china",
            defaultValue = "worldwide")
    private String cloud = "worldwide";

    MxEndpoint(String uri, Component component) {
        super(uri, component);
    }

    List<String> domainList() {
        return domains == null
                ? List.of()
                : Arrays.stream(domains.toLowerCase(Locale.ROOT).split(","))
                        .map(String::strip)
                        .toList();
    }

    Cloud cloudValue() {
        return Arrays.stream(Cloud.values())
                .filter(c -> c.key().equals(cloud))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("transport " + getName() + " has cloud=" + cloud
                        + "; known values are worldwide, gcc-high, dod and china"));
    }

    public String getDomains() {
        return domains;
    }

    public void setDomains(String domains) {
        this.domains = domains;
    }

    public String getCloud() {
        return cloud;
    }

    public void setCloud(String cloud) {
        this.cloud = cloud;
    }
}
