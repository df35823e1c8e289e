package io.m365mail.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.Collections;

/** Opens the key and trust stores that the configuration names, so that a wrong one is found before the start. */
final class KeyStores {
    private KeyStores() {}

    /** A PKCS#12 file that has to hold a private key with its certificate. */
    static void checkKey(Section s, Option<Path> file, Option<Secret> password) {
        check(s, file, password, true);
    }

    /** A PKCS#12 file that has to hold certificates. */
    static void checkTrust(Section s, Option<Path> file, Option<Secret> password) {
        check(s, file, password, false);
    }

    private static void check(Section s, Option<Path> file, Option<Secret> password, boolean key) {
        s.together(file, password);
        Path path = s.get(file);
        Secret secret = s.get(password);
        if (path == null || secret == null) {
            return;
        }
        try (InputStream in = Files.newInputStream(path)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, secret.reveal().toCharArray());
            if (!holds(store, key)) {
                s.mistake(
                        file,
                        key ? "the file holds no private key" : "the file holds no certificate to trust",
                        key ? "Export certificate and key together" : "Import the CA's certificate with keytool");
            }
        } catch (NoSuchFileException e) {
            s.mistake(
                    file,
                    "the file does not exist",
                    "Create it, or correct the path; relative paths start from the "
                            + "folder above the configuration folder");
        } catch (IOException e) {
            unreadable(s, file, password, e);
        } catch (GeneralSecurityException e) {
            s.mistake(file, "the file is not a usable PKCS#12 store", "Export it as PKCS#12 (.p12, .pfx)");
        }
    }

    private static void unreadable(Section s, Option<Path> file, Option<Secret> password, IOException e) {
        if (e.getCause() instanceof UnrecoverableKeyException) {
            s.mistake(password, "the password does not open the store", "Give the password of the file");
        } else if (e instanceof java.nio.file.FileSystemException) {
            s.mistake(
                    file,
                    "the file cannot be read (" + e.getClass().getSimpleName() + ")",
                    "Let the user that runs m365-mail read it");
        } else {
            s.mistake(
                    file,
                    "the file is not a PKCS#12 store",
                    "Export it as PKCS#12 (.p12, .pfx); PEM and JKS do not serve");
        }
    }

    private static boolean holds(KeyStore store, boolean key) throws GeneralSecurityException {
        for (String alias : Collections.list(store.aliases())) {
            if (key ? store.isKeyEntry(alias) : store.isCertificateEntry(alias)) {
                return true;
            }
        }
        return false;
    }
}
