Reminder: invoice ${number}
