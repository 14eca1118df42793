import { useLocation, useNavigate, useRouter, useSearch } from "@tanstack/react-router"
import type { ReactNode } from "react"

import { LanguageSwitch } from "@/app/language-switch"
import { Invitation, PasswordReset } from "@/features/session/password-reset"
import { SignIn } from "@/features/session/sign-in"

export function SignInPage() {
  const { back, expired } = useSearch({ from: "/sign-in" })
  const navigate = useNavigate()
  const router = useRouter()
  return (
    <AtTheDoor>
      <SignIn
        wasSignedOut={expired ?? false}
        onSignedIn={() => {
          if (back) router.history.push(back)
          else void navigate({ to: "/" })
        }}
      />
    </AtTheDoor>
  )
}

/** A mailed link holds its token behind the #, where no server on the way sees it. */
export function PasswordResetPage() {
  const token = useLocation({ select: (location) => location.hash })
  return (
    <AtTheDoor>
      <PasswordReset key={token} token={token || undefined} />
    </AtTheDoor>
  )
}

/** The link of an invitation, held in the same way. */
export function InvitationPage() {
  const token = useLocation({ select: (location) => location.hash })
  return (
    <AtTheDoor>
      <Invitation key={token} token={token} />
    </AtTheDoor>
  )
}

function AtTheDoor({ children }: { children: ReactNode }) {
  return (
    <main className="flex h-full flex-col items-center justify-center gap-6 bg-sunken p-6">
      <div className="flex w-full max-w-100 justify-center rounded-lg border border-line bg-raised px-8 py-9">{children}</div>
      <LanguageSwitch />
    </main>
  )
}
