The scanned document ${name} (${size}) is attached.

It was received on ${date} at ${time}.
