package io.m365mail.compose;

import java.util.Objects;

/**
 * A file in a message.
 *
 * @param name shown to people
 * @param contentType a media type, or null to go by the name
 * @param contentId how the HTML refers to it ({@code cid:…}), or null for an ordinary attachment
 */
public record Attachment(String name, String contentType, String contentId, Blob content) {
    public Attachment {
        NewMessage.requireLine("attachment name", name);
        NewMessage.requireLine("content type", contentType);
        NewMessage.requireLine("content id", contentId);
        Objects.requireNonNull(content, "content");
    }
}
