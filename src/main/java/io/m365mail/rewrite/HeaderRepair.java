package io.m365mail.rewrite;

import io.m365mail.config.RewriteRule.Repair;
import io.m365mail.mail.AddressList;
import io.m365mail.mail.Addresses;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderEdit;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.MailAddress;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Mends header fields that devices write wrong. A field is written anew only where it is wrong and where it is plain what
 * was meant; a field that cannot be read is left as it is, and Exchange Online decides.
 */
final class HeaderRepair {
    /** Exchange Online looks at these (5.7.512); what is wrong in To and Cc it takes. */
    private static final List<String> AUTHORS = List.of("From", "Sender", "Reply-To");

    private static final List<String> WITH_ADDRESSES = List.of("From", "Sender", "Reply-To", "To", "Cc");

    private HeaderRepair() {}

    static MailContent apply(Set<Repair> repairs, MailContent content) throws IOException, RefusedMessageException {
        if (repairs.isEmpty()) {
            return content;
        }
        HeaderBlock header = HeaderBlock.parse(content);
        HeaderEdit edit = header.edit();
        if (repairs.contains(Repair.EIGHT_BIT)) {
            header.all("Subject").stream()
                    .filter(HeaderRepair::isEightBit)
                    .forEach(f -> edit.replace(f, HeaderText.field(f.name(), f.decoded())));
            WITH_ADDRESSES.forEach(name ->
                    header.all(name).stream().filter(HeaderRepair::isEightBit).forEach(f -> anew(f, edit)));
        }
        if (repairs.contains(Repair.NAMES)) {
            AUTHORS.forEach(name -> header.all(name).stream()
                    .filter(f -> !isSound(f.unfolded()))
                    .forEach(f -> anew(f, edit)));
        }
        return edit.toContent();
    }

    private static boolean isEightBit(HeaderField field) {
        for (byte b : field.rawBytes()) {
            if (b < 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSound(String value) {
        try {
            InternetAddress[] parsed = InternetAddress.parse(value, true);
            for (InternetAddress a : parsed) {
                a.validate();
            }
            // It takes what some servers do not: two words that only look like a name.
            return value.indexOf('@') == value.lastIndexOf('@') || parsed.length > 1 || value.contains("\"");
        } catch (AddressException e) {
            return false;
        }
    }

    private static void anew(HeaderField field, HeaderEdit edit) {
        List<MailAddress> meant = meant(AddressList.parse(field.unfolded()));
        if (!meant.isEmpty()) {
            edit.replace(field, HeaderText.addresses(field.name(), meant));
        }
    }

    /** The addresses, where words between them are names with commas; empty where something else is left over. */
    private static List<MailAddress> meant(List<MailAddress> parsed) {
        List<MailAddress> meant = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (MailAddress a : parsed) {
            if (Addresses.isValid(a.address()) && Addresses.isAscii(a.address())) {
                if (a.display() != null) {
                    words.add(a.display());
                }
                meant.add(new MailAddress(words.isEmpty() ? null : String.join(", ", words), a.address()));
                words.clear();
            } else if (a.address().contains("@")) {
                return List.of();
            } else {
                words.add((a.display() == null ? "" : a.display() + " ") + a.address());
            }
        }
        return words.isEmpty() ? meant : List.of();
    }
}
