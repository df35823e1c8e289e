package io.m365mail.transport;

import io.m365mail.config.TransportConfig;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.Category;
import org.apache.camel.Component;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;

/** Send deliveries through a mailbox of Exchange Online (SMTP AUTH client submission). */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "m365-smtp-auth",
        title = "Microsoft 365 SMTP AUTH",
        syntax = "m365-smtp-auth:name",
        producerOnly = true,
        category = {Category.MAIL})
public class SmtpAuthEndpoint extends TransportEndpoint {
    @UriParam(description = "The mailbox that sends: the login name")
    private String mailbox;

    @UriParam(description = "How to log in", enums = "xoauth2,login", defaultValue = "xoauth2")
    private String auth = "xoauth2";

    @UriParam(label = "security", secret = true, description = "The mailbox's password, for login")
    private String password;

    @UriParam(label = "security", description = "Directory (tenant) ID, for xoauth2")
    private String tenantId;

    @UriParam(label = "security", description = "Application (client) ID, for xoauth2")
    private String clientId;

    @UriParam(label = "security", secret = true, description = "The app's secret (its Value), for xoauth2")
    private String clientSecret;

    @UriParam(
            label = "security",
            description = "PKCS#12 file with the app's certificate and key, instead of the secret")
    private Path clientCertificate;

    @UriParam(label = "security", secret = true, description = "Password of that file")
    private String clientCertificatePassword;

    @UriParam(
            label = "security",
            description = "Where tokens are fetched",
            defaultValue = "https://login.microsoftonline.com")
    private String authority = "https://login.microsoftonline.com";

    @UriParam(
            label = "security",
            description = "What the token is for",
            defaultValue = "https://outlook.office365.com/.default")
    private String scope = "https://outlook.office365.com/.default";

    public SmtpAuthEndpoint(String uri, Component component) {
        super(uri, component);
    }

    @Override
    TransportConfig fromOptions() {
        return new TransportConfig.SmtpAuth(
                getName(),
                target("smtp.office365.com", 587, "require"),
                limits(),
                mailbox,
                auth,
                secret(password),
                tenantId,
                clientId,
                secret(clientSecret),
                clientCertificate,
                secret(clientCertificatePassword),
                authority,
                scope,
                List.of(),
                false);
    }

    public String getMailbox() {
        return mailbox;
    }

    public void setMailbox(String mailbox) {
        this.mailbox = mailbox;
    }

    public String getAuth() {
        return auth;
    }

    public void setAuth(String auth) {
        this.auth = auth;
    }

    public String getPassword() {
        return password;
    }

    public void setPassword(String password) {
        this.password = password;
    }

    public String getTenantId() {
        return tenantId;
    }

    public void setTenantId(String tenantId) {
        this.tenantId = tenantId;
    }

    public String getClientId() {
        return clientId;
    }

    public void setClientId(String clientId) {
        this.clientId = clientId;
    }

    public String getClientSecret() {
        return clientSecret;
    }

    public void setClientSecret(String clientSecret) {
        this.clientSecret = clientSecret;
    }

    public Path getClientCertificate() {
        return clientCertificate;
    }

    public void setClientCertificate(Path clientCertificate) {
        this.clientCertificate = clientCertificate;
    }

    public String getClientCertificatePassword() {
        return clientCertificatePassword;
    }

    public void setClientCertificatePassword(String clientCertificatePassword) {
        this.clientCertificatePassword = clientCertificatePassword;
    }

    public String getAuthority() {
        return authority;
    }

    public void setAuthority(String authority) {
        this.authority = authority;
    }

    public String getScope() {
        return scope;
    }

    public void setScope(String scope) {
        this.scope = scope;
    }
}
