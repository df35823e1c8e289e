package io.m365mail.smtp.server;

import io.m365mail.mail.Recipient;
import io.m365mail.smtp.RefusedException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The parameters of MAIL and RCPT, each checked against its own RFC: SIZE (1870), BODY (6152, 3030), SMTPUTF8 (6531),
 * RET, ENVID, NOTIFY and ORCPT (3461), AUTH (4954; read and ignored). A parameter of an extension that the listener does
 * not offer is as unknown as any other: {@code 555 5.5.4}.
 */
final class EsmtpParameters {
    private static final Pattern SIZE = Pattern.compile("\\d{1,20}");
    private static final Pattern XTEXT = Pattern.compile("([!-*,-<>-~]|\\+[0-9A-F]{2})+");
    private static final Pattern ORCPT = Pattern.compile("[A-Za-z0-9-]{1,40};(.+)", Pattern.DOTALL);
    private static final List<String> NOTIFY = List.of("SUCCESS", "FAILURE", "DELAY");

    private final List<String> offered;
    private final long maxMessageSize;
    private final boolean anyAddress;

    /** @param anyAddress addresses are not checked here: the conversation does */
    EsmtpParameters(List<String> offered, long maxMessageSize, boolean anyAddress) {
        this.offered = offered;
        this.maxMessageSize = maxMessageSize;
        this.anyAddress = anyAddress;
    }

    /** What MAIL FROM asked for; {@code binary} is {@code BODY=BINARYMIME}. */
    record Mail(SmtpConversation.MailCommand command, boolean binary) {}

    Mail mail(PathArguments arguments) {
        long size = -1;
        String body = "7BIT";
        boolean utf8 = false;
        String ret = null;
        String envid = null;
        for (Map.Entry<String, String> p : arguments.parameters().entrySet()) {
            String value = p.getValue();
            switch (known(p.getKey(), List.of("SIZE", "BODY", "SMTPUTF8", "RET", "ENVID", "AUTH"))) {
                case "SIZE" -> size = size(value);
                case "BODY" -> body = body(value);
                case "SMTPUTF8" -> utf8 = flag(value);
                case "RET" -> ret = oneOf(value, "RET", List.of("FULL", "HDRS"));
                case "ENVID" -> envid = xtext(value, "ENVID", 100);
                default -> {
                    // AUTH= names who submitted it elsewhere (RFC 4954 section 5): read and not believed.
                }
            }
        }
        if (!anyAddress) {
            arguments.check(true, utf8, "5.1.7");
        }
        var command =
                new SmtpConversation.MailCommand(arguments.address(), size, !body.equals("7BIT"), utf8, ret, envid);
        return new Mail(command, body.equals("BINARYMIME"));
    }

    Recipient rcpt(PathArguments arguments, boolean smtpUtf8) {
        String notify = null;
        String orcpt = null;
        for (Map.Entry<String, String> p : arguments.parameters().entrySet()) {
            String value = p.getValue();
            if (known(p.getKey(), List.of("NOTIFY", "ORCPT")).equals("NOTIFY")) {
                notify = notify(value);
            } else {
                orcpt = orcpt(value, smtpUtf8);
            }
        }
        if (!anyAddress) {
            arguments.check(false, smtpUtf8, "5.1.3");
        }
        return new Recipient(arguments.address(), notify, orcpt);
    }

    private String known(String key, List<String> here) {
        String extension =
                switch (key) {
                    case "BODY" -> offered.contains("BINARYMIME") ? "BINARYMIME" : "8BITMIME";
                    case "RET", "ENVID", "NOTIFY", "ORCPT" -> "DSN";
                    default -> key;
                };
        if (!here.contains(key) || !key.equals("AUTH") && !offered.contains(extension)) {
            throw new RefusedException(555, "5.5.4 Unsupported parameter: " + key);
        }
        return key;
    }

    private long size(String value) {
        if (!SIZE.matcher(value).matches()) {
            throw malformed("SIZE");
        }
        // More digits than a long has are more octets than any limit has.
        long size = value.length() > 18 ? Long.MAX_VALUE : Long.parseLong(value);
        if (size > maxMessageSize) {
            throw new RefusedException(
                    552, "5.3.4 Message size exceeds fixed maximum message size of " + maxMessageSize + " octets");
        }
        return size;
    }

    private String body(String value) {
        String body = value.toUpperCase(Locale.ROOT);
        boolean fine = body.equals("7BIT")
                || body.equals("8BITMIME") && offered.contains("8BITMIME")
                || body.equals("BINARYMIME") && offered.contains("BINARYMIME") && offered.contains("CHUNKING");
        if (!fine) {
            throw malformed("BODY");
        }
        return body;
    }

    private static boolean flag(String value) {
        if (!value.isEmpty()) {
            throw malformed("SMTPUTF8");
        }
        return true;
    }

    private static String notify(String value) {
        String notify = value.toUpperCase(Locale.ROOT);
        List<String> words = Arrays.asList(notify.split(",", -1));
        boolean fine = notify.equals("NEVER")
                || NOTIFY.containsAll(words) && words.stream().distinct().count() == words.size();
        if (!fine) {
            throw malformed("NOTIFY");
        }
        return notify;
    }

    private static String orcpt(String value, boolean smtpUtf8) {
        var m = ORCPT.matcher(value);
        if (!m.matches() || value.length() > 500) {
            throw malformed("ORCPT");
        }
        // RFC 6533 adds the type utf-8, whose text may be non-ASCII where SMTPUTF8 was asked for.
        boolean utf8 = smtpUtf8 && value.regionMatches(true, 0, "utf-8;", 0, 6);
        if (!utf8) {
            xtext(m.group(1), "ORCPT", 500);
        }
        return value;
    }

    private static String xtext(String value, String name, int longest) {
        if (value.length() > longest || !XTEXT.matcher(value).matches()) {
            throw malformed(name);
        }
        return value;
    }

    private static String oneOf(String value, String name, List<String> allowed) {
        String upper = value.toUpperCase(Locale.ROOT);
        if (!allowed.contains(upper)) {
            throw malformed(name);
        }
        return upper;
    }

    private static RefusedException malformed(String parameter) {
        return new RefusedException(501, "5.5.4 Malformed value of " + parameter);
    }
}
