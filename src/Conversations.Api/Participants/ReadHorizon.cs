using System.Globalization;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Conversations.Api.Participants;

/// <summary>
/// How far a participant has read. It is one value, which the participant and the conversation of its user show, and
/// which both of their updates set. Sending a message does not move it. It may go back, and beyond the last message.
/// </summary>
public static class ReadHorizon
{
    /// <summary>The text is an index of at most 2,147,483,647, or the word null, or not given.</summary>
    public static IRuleBuilderOptions<T, string?> LastReadMessageIndex<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(text => text.NullIfEmpty() is null or Forms.Null || IsIndex(text!))
            .WithError(TwilioErrors.InvalidLastReadMessageIndex);

    /// <summary>
    /// Sets the horizon. An index without a timestamp was read now. (A guess: no recording shows it.) The word null
    /// clears both values.
    /// </summary>
    /// <param name="lastReadMessageIndex">The parameter as it was sent.</param>
    /// <param name="lastReadTimestamp">The same.</param>
    public static void Write(
        EntityEntry<Participant> row,
        string? lastReadMessageIndex,
        string? lastReadTimestamp,
        DateTime now
    )
    {
        var (index, timestamp) = (lastReadMessageIndex.NullIfEmpty(), Forms.Date(lastReadTimestamp));
        var isNull = index == Forms.Null;
        long? number = index is null || isNull ? null : long.Parse(index, CultureInfo.InvariantCulture);
        row.Write(p => p.LastReadMessageIndex, index, number);
        row.Write(p => p.LastReadTimestamp, (object?)timestamp ?? index, timestamp ?? (isNull ? null : now));
    }

    private static bool IsIndex(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
