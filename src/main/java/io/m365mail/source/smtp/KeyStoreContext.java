package io.m365mail.source.smtp;

import io.m365mail.config.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The TLS context of a listener from its PKCS#12 file. */
final class KeyStoreContext {
    private KeyStoreContext() {}

    /** @throws IOException when the file cannot be read or the password does not open it */
    static SSLContext load(Path file, Secret password) throws IOException, GeneralSecurityException {
        char[] chars = password.reveal().toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, chars);
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, chars);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
