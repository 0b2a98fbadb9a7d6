namespace Vigie.Mlflow.Security;

/// <summary>Who sent a request.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Username">For messages and for what records who did it.</param>
/// <param name="Role">The user's own role.</param>
/// <param name="Limit">The most that the token allows; <see cref="Role.Admin"/> with a password.</param>
internal sealed record Caller(long UserId, string Username, Role Role, Role Limit)
{
    /// <summary>Whether everything is allowed.</summary>
    public bool IsAdmin => Role == Role.Admin && Limit == Role.Admin;

    /// <summary>What the caller may do with a thing on which the user was <paramref name="granted"/> a role, or none.</summary>
    public Role On(Role? granted)
    {
        Role role = Role == Role.Admin ? Role.Admin : granted ?? Role;
        return role < Limit ? role : Limit;
    }
}

/// <summary>Marks a request that passed <see cref="Access.AdmitAsync"/>.</summary>
/// <param name="Access">What let it in, and says what it may do.</param>
/// <param name="Caller">Null where nobody is asked who they are.</param>
internal sealed record Admission(Access Access, Caller? Caller);
