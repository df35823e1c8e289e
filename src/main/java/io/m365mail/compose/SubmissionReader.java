package io.m365mail.compose;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads the JSON of a submission. The {@code content} of attachments is decoded from base64 while it is read and goes to
 * the spool, so that a large attachment is never in the heap; a short note stands in its place. Depth, length, number of
 * tokens and length of names, numbers and strings are bounded before anything is built; a key that stands twice is a
 * mistake.
 */
final class SubmissionReader {
    private static final int MAX_DEPTH = 40;
    private static final int MAX_STRING = 10_000_000;
    private static final int MAX_TOKENS = 500_000;

    private final JsonFactory factory;
    private final Map<Integer, Blob> contents = new HashMap<>();
    private final Spool spool;

    SubmissionReader(Spool spool, long maxBytes) {
        this.spool = spool;
        this.factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_STRING)
                        .maxTokenCount(MAX_TOKENS)
                        .maxNameLength(500)
                        .maxNumberLength(50)
                        // Base64 is a third longer than what it holds; the rest is for text.
                        .maxDocumentLength(maxBytes / 3 * 4 + 4L * MAX_STRING)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .build();
    }

    /** The decoded attachments by their place in the list. */
    Map<Integer, Blob> contents() {
        return contents;
    }

    /**
     * @return the tree, an object
     * @throws InvalidSubmissionException for what is no JSON, too deep or too large, with line and column
     * @throws IOException when the input or the spool fails
     */
    JsonNode read(InputStream in) throws IOException, InvalidSubmissionException {
        try (JsonParser parser = factory.createParser(in)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidSubmissionException("", "is no JSON object: it must start with {");
            }
            ObjectNode root = object(parser, 0);
            if (parser.nextToken() != null) {
                throw new InvalidSubmissionException("", "something follows the JSON object: one message a submission");
            }
            return root;
        } catch (StreamConstraintsException e) {
            throw new InvalidSubmissionException("", "the JSON is too large or too deep: " + e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new InvalidSubmissionException("", "is no valid JSON" + where + ": " + e.getOriginalMessage());
        } catch (Spool.FullException e) {
            throw new InvalidSubmissionException("attachments", e.getMessage());
        }
    }

    /** @param level 0 for the submission itself */
    private ObjectNode object(JsonParser parser, int level) throws IOException, InvalidSubmissionException {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            boolean attachments = level == 0 && name.equals("attachments") && token == JsonToken.START_ARRAY;
            node.set(name, attachments ? attachments(parser) : value(parser, level + 1));
        }
        return node;
    }

    private ArrayNode attachments(JsonParser parser) throws IOException, InvalidSubmissionException {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(
                    parser.currentToken() == JsonToken.START_OBJECT
                            ? attachment(parser, list.size())
                            : value(parser, 2));
        }
        return list;
    }

    private ObjectNode attachment(JsonParser parser, int index) throws IOException, InvalidSubmissionException {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            boolean content = parser.nextToken() == JsonToken.VALUE_STRING && name.equals("content");
            if (content) {
                contents.put(index, decode(parser, index));
                node.put(name, "(decoded)");
            } else {
                node.set(name, value(parser, 3));
            }
        }
        return node;
    }

    private Blob decode(JsonParser parser, int index) throws IOException, InvalidSubmissionException {
        Spool.Writer out = spool.writer();
        try (out) {
            parser.readBinaryValue(Base64Variants.MIME_NO_LINEFEEDS, out);
        } catch (StreamConstraintsException e) {
            throw e;
        } catch (JsonParseException | IllegalArgumentException e) {
            // Jackson throws the one or the other, as the value lies in one buffer or in several.
            throw new InvalidSubmissionException("attachments[" + index + "].content", "is no valid base64");
        }
        return out.blob();
    }

    private JsonNode value(JsonParser parser, int level) throws IOException, InvalidSubmissionException {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, level);
            case START_ARRAY -> array(parser, level);
            case VALUE_STRING -> make.textNode(parser.getText());
            case VALUE_NUMBER_INT -> make.numberNode(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> make.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> make.booleanNode(true);
            case VALUE_FALSE -> make.booleanNode(false);
            default -> make.nullNode();
        };
    }

    private ArrayNode array(JsonParser parser, int level) throws IOException, InvalidSubmissionException {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(parser, level + 1));
        }
        return list;
    }
}
