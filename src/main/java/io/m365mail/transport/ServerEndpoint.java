package io.m365mail.transport;

import io.m365mail.config.TransportConfig;
import org.apache.camel.Category;
import org.apache.camel.Component;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;

/** Send deliveries to the organisation's own mail server. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "m365-server",
        title = "Mail server beside Microsoft 365",
        syntax = "m365-server:name",
        producerOnly = true,
        category = {Category.MAIL})
public class ServerEndpoint extends TransportEndpoint {
    @UriParam(label = "security", description = "Login name; without one there is no AUTH")
    private String username;

    @UriParam(label = "security", secret = true, description = "Password of that user")
    private String password;

    public ServerEndpoint(String uri, Component component) {
        super(uri, component);
    }

    @Override
    TransportConfig fromOptions() {
        if (getHost() == null) {
            throw new IllegalArgumentException(
                    "transport " + getName() + " has no host; set the option host or config");
        }
        return new TransportConfig.Server(
                getName(), target(null, 25, "opportunistic"), limits(), username, secret(password));
    }

    public String getUsername() {
        return username;
    }

    public void setUsername(String username) {
        this.username = username;
    }

    public String getPassword() {
        return password;
    }

    public void setPassword(String password) {
        this.password = password;
    }
}
