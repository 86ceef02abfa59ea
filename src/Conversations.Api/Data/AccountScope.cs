namespace Conversations.Api.Data;

/// <summary>Scopes of workers.</summary>
public static class AccountScope
{
    /// <summary>A scope with the clock of an account.</summary>
    /// <param name="accountSid">Null for real time.</param>
    public static AsyncServiceScope CreateAccountScope(this IServiceScopeFactory scopes, string? accountSid)
    {
        var scope = scopes.CreateAsyncScope();
        if (accountSid is not null)
        {
            scope.ServiceProvider.GetRequiredService<AccountClock>().Set(accountSid);
        }

        return scope;
    }
}
