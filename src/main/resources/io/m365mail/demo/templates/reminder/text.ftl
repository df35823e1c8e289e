Dear ${name},

invoice ${number} over ${sum} is still open.
