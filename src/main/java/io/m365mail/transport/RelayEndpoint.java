package io.m365mail.transport;

import io.m365mail.config.TransportConfig;
import java.nio.file.Path;
import org.apache.camel.Category;
import org.apache.camel.Component;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;

/** Send deliveries over the tenant's MX, which knows us by an inbound connector (SMTP relay). */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "m365-relay",
        title = "Microsoft 365 SMTP relay",
        syntax = "m365-relay:name",
        producerOnly = true,
        category = {Category.MAIL})
public class RelayEndpoint extends MxEndpoint {
    @UriParam(
            label = "security",
            description = "PKCS#12 file with the connector's client certificate, its key and the whole chain")
    private Path keyStore;

    @UriParam(label = "security", secret = true, description = "Password of that file")
    private String keyStorePassword;

    public RelayEndpoint(String uri, Component component) {
        super(uri, component);
    }

    @Override
    TransportConfig fromOptions() {
        return new TransportConfig.Relay(
                getName(),
                target(null, 25, "require"),
                limits(),
                cloudValue(),
                keyStore,
                secret(keyStorePassword),
                domainList());
    }

    public Path getKeyStore() {
        return keyStore;
    }

    public void setKeyStore(Path keyStore) {
        this.keyStore = keyStore;
    }

    public String getKeyStorePassword() {
        return keyStorePassword;
    }

    public void setKeyStorePassword(String keyStorePassword) {
        this.keyStorePassword = keyStorePassword;
    }
}
