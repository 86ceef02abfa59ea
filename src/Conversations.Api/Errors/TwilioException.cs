namespace Conversations.Api.Errors;

/// <summary>Ends the request. <see cref="Error"/> becomes the answer.</summary>
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
