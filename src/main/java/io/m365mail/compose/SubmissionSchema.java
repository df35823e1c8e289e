package io.m365mail.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.m365mail.config.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/** The published schema ({@code config/submission.schema.json}), and its findings in plain words. */
final class SubmissionSchema {
    private final JsonSchema schema;

    SubmissionSchema() {
        SchemaValidatorsConfig config = SchemaValidatorsConfig.builder()
                .formatAssertionsEnabled(true)
                .errorMessageKeyword("errorMessage")
                .pathType(PathType.JSON_PATH)
                .locale(Locale.ENGLISH)
                .build();
        try (InputStream in = SubmissionSchema.class.getResourceAsStream("/schema/submission.schema.json")) {
            schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(in, config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All mistakes, each once; empty for a submission that keeps to the schema. */
    List<Mistake> check(JsonNode submission) {
        var mistakes = new LinkedHashSet<Mistake>();
        for (ValidationMessage m : schema.validate(submission)) {
            String path = m.getInstanceLocation().toString().replaceFirst("^\\$\\.?", "");
            if (m.getType().equals("additionalProperties")) {
                String separator = path.isEmpty() ? "" : ".";
                mistakes.add(new Mistake(path + separator + m.getProperty(), unknownKey(m, path)));
            } else {
                mistakes.add(new Mistake(path, text(m)));
            }
        }
        return new ArrayList<>(mistakes);
    }

    private static String text(ValidationMessage m) {
        String rule = m.getEvaluationPath().toString();
        if (rule.startsWith("$.anyOf")) {
            return "no recipient: give to, cc, bcc or perRecipient";
        }
        if (rule.contains("replyTo.anyOf")) {
            return "must be an address or a list of addresses, each on one line";
        }
        if (rule.contains(".oneOf")) {
            return "must have either content (base64) or path";
        }
        return switch (m.getType()) {
            case "false" ->
                rule.startsWith("$.allOf[0]")
                        ? "cannot stand beside template, which makes it"
                        : "cannot stand beside perRecipient, which names the recipients";
            case "required" -> "the key " + m.getProperty() + " is missing";
            case "dependentRequired" -> "data is for a template: add the key template";
            case "format" -> "must be a date and time with offset (ISO 8601), such as 2026-11-22T07:00:00Z";
            default -> m.getError();
        };
    }

    /** Most unknown keys are misspelt ones. */
    private String unknownKey(ValidationMessage m, String path) {
        String owner = path.startsWith("attachments")
                ? "/$defs/attachment/properties"
                : path.startsWith("perRecipient") ? "/properties/perRecipient/items/properties" : "/properties";
        var known = new ArrayList<String>();
        schema.getSchemaNode().at(owner).fieldNames().forEachRemaining(known::add);
        return "unknown key; did you mean " + Nearest.of(m.getProperty(), known) + "?";
    }
}
