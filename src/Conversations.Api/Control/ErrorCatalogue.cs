using System.Reflection;
using Conversations.Api.Errors;

namespace Conversations.Api.Control;

/// <summary>The errors of <see cref="TwilioErrors"/> by status and code.</summary>
internal static class ErrorCatalogue
{
    // Stands in texts for a conversation that is in the way.
    private const string NoConversation = "CH00000000000000000000000000000000";

    // The first of several errors with a code stands for it.
    private static readonly TwilioError[] All =
    [
        TwilioErrors.MalformedRequest,
        .. typeof(TwilioErrors)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(TwilioError))
            .Select(field => (TwilioError)field.GetValue(null)!),
        TwilioErrors.NotFound("/"),
        TwilioErrors.BindingInUse(NoConversation),
        TwilioErrors.GroupExists(NoConversation),
    ];

    /// <param name="status">Null for that of the code.</param>
    /// <param name="code">Null for the code of the whole API that has the status, such as 20429 of 429.</param>
    /// <returns>Null for none.</returns>
    public static TwilioError? Find(int? status, int? code) =>
        Array.Find(
            All,
            error =>
                (status is null || error.Status == status)
                && (code is null ? error.Code is >= 20000 and < 21000 : error.Code == code)
        );
}
