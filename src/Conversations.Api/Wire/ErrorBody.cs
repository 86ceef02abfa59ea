using Conversations.Api.Errors;

namespace Conversations.Api.Wire;

/// <summary>
/// The feature with which a branch of the pipeline other than /v1 chooses its form of errors. Without it an error has
/// Twilio's body.
/// </summary>
public sealed record ErrorBody(string ContentType, Func<TwilioError, object> Of);
