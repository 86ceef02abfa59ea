namespace Conversations.Api.Errors;

/// <summary>Ends the request with <see cref="Error"/>.</summary>
public sealed class TwilioException(TwilioError error) : Exception(error.Message)
{
    public TwilioError Error { get; } = error;

    public static void ThrowIf(bool condition, TwilioError error)
    {
        if (condition)
        {
            throw new TwilioException(error);
        }
    }
}
